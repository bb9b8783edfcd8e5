"""The certification report: its content, its PDF and workbook forms, the evidence bundle, signatures."""
