"""Random programs compared with finite differences: ``python -m tests.fuzz --count 20000 --seed 0 --jobs 2``."""
