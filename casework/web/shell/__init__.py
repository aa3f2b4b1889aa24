"""What every page stands in: session, forms, layout, errors, language."""
