"""The least that Streamlit can do with a figure: what `benchmarks.start` compares the lab with."""

import plotly.graph_objects as go
import streamlit as st

st.title("A figure")
st.plotly_chart(go.Figure(go.Scatter(y=[1, 3, 2])))
