"""Who is told of what, on the pages and by mail."""
