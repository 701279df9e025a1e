# The sandbox with a bridge that works with it, for the compose file. It is for trying things out and nothing else.
ARG BRIDGE=monext-bridge
FROM ${BRIDGE}
COPY sandbox sandbox
EXPOSE 8000 9000 9001 9002 9003
HEALTHCHECK NONE
CMD ["python", "-m", "sandbox.demo"]
