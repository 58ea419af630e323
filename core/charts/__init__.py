"""Charts of training runs: one model of what a chart shows, drawn as ECharts options or as SVG."""
