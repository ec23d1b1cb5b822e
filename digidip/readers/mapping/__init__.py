"""Any other table, by a map that a person has checked."""
