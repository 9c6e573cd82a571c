"""The PunchOut conversation: carts, and what an order makes of them."""
