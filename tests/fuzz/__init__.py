"""Random programs compared with finite differences, and with what they print and raise.

``python -m tests.fuzz --count 20000 --seed 0 --jobs 2``
"""
