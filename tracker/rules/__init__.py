"""Pure rules of the watch: values in, values out; no Django."""
