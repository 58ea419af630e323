# docker build -t autoencoder-lab . && docker run -p 8501:8501 -v lab:/home/lab/store autoencoder-lab
FROM python:3.12-slim

RUN useradd --create-home lab
USER lab
WORKDIR /home/lab/app

COPY --chown=lab requirements.txt ./
RUN python -m venv .venv && .venv/bin/python -m pip install --no-cache-dir -r requirements.txt

COPY --chown=lab app.py ./
COPY --chown=lab .streamlit .streamlit
COPY --chown=lab core core
COPY --chown=lab pages pages
RUN mkdir /home/lab/store

ENV AUTOENCODER_LAB_HOME=/home/lab/store PATH="/home/lab/app/.venv/bin:$PATH"
VOLUME /home/lab/store
EXPOSE 8501
HEALTHCHECK --interval=30s --timeout=5s CMD ["python", "-c", \
    "from urllib.request import urlopen; urlopen('http://127.0.0.1:8501/_stcore/health', timeout=4)"]
CMD ["python", "-m", "streamlit", "run", "app.py", "--server.headless=true", \
    "--server.address=0.0.0.0"]
