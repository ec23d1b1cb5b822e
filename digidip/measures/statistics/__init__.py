"""What measures share: intervals, resampling, survival, correction, models, the result table."""
