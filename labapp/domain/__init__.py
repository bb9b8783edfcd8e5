"""What the laboratory speaks of: cases, declarations, records, verdicts. Standard library only, no input or output."""
