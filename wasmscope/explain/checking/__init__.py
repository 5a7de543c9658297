"""What is wrong with a link or an object although nothing was said."""
