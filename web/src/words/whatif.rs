//! What if: changes to the cluster that stand in no manifest.
