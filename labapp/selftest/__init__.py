"""The proof of the verdicts: mutants of the cases, and the verdict that each must get."""
