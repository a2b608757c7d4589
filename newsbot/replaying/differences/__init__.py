"""What another reader makes of the same captures: lines before and after, field by field."""
