"""The sample office: its people and papers, all invented. `make_samples.py` beside this folder writes them out."""
