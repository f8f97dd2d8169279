vcl 4.1;

backend default {
    .host = "127.0.0.1";
    .port = "{{echo}}";
}

backend refused {
    .host = "127.0.0.1";
    .port = "{{refused}}";
}

sub vcl_recv {
    if (req.url ~ "^/dead") {
        set req.backend_hint = refused;
    }
    if (req.url ~ "^/denied") {
        return (synth(403, "Not for you"));
    }
}
