//! Thirteen months of daily summaries in Parquet files, and the look-up over them.
