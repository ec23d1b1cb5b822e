"""What measures share: intervals, resampling, codings, histograms of counts, the result table."""
