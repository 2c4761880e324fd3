//! The proxy as a process: sockets, REST, webhooks, store, metrics and configuration around [`proxy_core`].
