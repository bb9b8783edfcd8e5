"""The pages, one for each stage."""
