"""The IR becomes a Python function: names, expressions, text, code."""
