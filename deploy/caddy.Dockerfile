# Caddy with Betro's Caddyfile, as an ordinary user. Build from the checkout's root:
#   docker build -f deploy/caddy.Dockerfile -t betro-caddy:VERSION .
FROM caddy:2.10.2-alpine
COPY deploy/caddy/Caddyfile /etc/caddy/Caddyfile
# It listens above 1023 and needs no capability; with one on the file it would not start without.
RUN setcap -r /usr/bin/caddy && chown -R 10003:10003 /data /config
ENV HTTP_PORT=8080 \
    HTTPS_PORT=8443
USER 10003:10003
EXPOSE 8080 8443
