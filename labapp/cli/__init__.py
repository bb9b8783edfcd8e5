"""The command line: one module for each group of commands.

Each module offers `add_commands(commands)`, which registers its sub-commands with argparse and sets
`handler` (a function of the parsed arguments that returns the exit status) as their default.
"""
