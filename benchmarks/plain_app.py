"""A minimal Streamlit app with a figure, with which `benchmarks.start` compares the lab."""

import plotly.graph_objects as go
import streamlit as st

st.title("A figure")
st.plotly_chart(go.Figure(go.Scatter(y=[1, 3, 2])))
