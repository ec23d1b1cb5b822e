"""Whether a ministry talks with people or at them."""
