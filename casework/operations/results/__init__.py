"""What a programme tells in public of cases that went well, and the consent of both parties to it."""
