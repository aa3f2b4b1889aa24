"""What a case holds beside its tracks: documents, letters, messages, disclosures, acknowledgements."""
