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

# By the URL alone: what purges names another host than visitors do. With several sites behind one Varnish, which need their
# hosts in the hash, ban by URL in place of purge, as above.
sub vcl_hash {
    hash_data(req.url);
    return (lookup);
}

sub vcl_backend_response {
    # How long a page can be old that was made before a commit and arrived after its purge.
    if (beresp.ttl > 5m) {
        set beresp.ttl = 5m;
    }
    set beresp.grace = 0s;
}
