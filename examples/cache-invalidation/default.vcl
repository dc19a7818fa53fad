vcl 4.1;

# The application whose pages are cached.
backend application {
    .host = "127.0.0.1";
    .port = "8000";
}

# Who may purge: pg2sink.
acl purgers {
    "127.0.0.1";
}

sub vcl_recv {
    if (req.method == "PURGE") {
        if (client.ip !~ purgers) {
            return (synth(405));
        }
        if (req.url ~ "\*$") {
            ban("req.url ~ ^" + regsub(req.url, "\*$", ""));
            return (synth(200, "Banned"));
        }
        return (purge);
    }
}
