"""Random programs compared with finite differences, with what they print and with what they raise: ``python -m tests.fuzz --count 20000 --seed 0 --jobs 2``."""
