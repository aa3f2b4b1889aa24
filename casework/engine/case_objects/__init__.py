"""What a case holds beside its tracks: documents, letters, messages, unsealings, emergencies, acknowledgements."""
