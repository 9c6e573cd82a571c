"""The PunchOut conversation: sessions, carts, and the form that brings a cart home."""
