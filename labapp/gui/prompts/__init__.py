"""What the bench asks, on the screen: the prompt's card, and the review over the page."""
