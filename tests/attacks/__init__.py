"""Attack the running product, and check that another clinic does not notice.

`make attack` runs all attacks at once, on loopback and for a limited time, and prints the results.
The suite also has a test of each attack beside the code that stops it.
"""
