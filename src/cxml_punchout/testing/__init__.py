"""What a shop needs to test its own side: a buyer to talk to, and a reader of the form that brings a cart home."""
