"""The signed chain of a data folder: runs are entered, changes leave receipts, and files are held against it."""
