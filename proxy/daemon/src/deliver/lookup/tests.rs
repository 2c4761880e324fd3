//! Look-ups that hang, and those that must not wait for them.

use super::{LookUp, LookUps};
use std::io;
use std::net::{IpAddr, Ipv4Addr};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Condvar, Mutex};

const FOUND: IpAddr = IpAddr::V4(Ipv4Addr::new(10, 0, 0, 1));

/// A resolver whose names that begin with `hung` do not come back before they are let go.
#[derive(Default)]
struct Names {
    is_open: Mutex<bool>,
    opened: Condvar,
    asked: AtomicUsize,
}

impl Names {
    fn look_up(self: &Arc<Self>) -> Arc<LookUp> {
        let names = Arc::clone(self);
        Arc::new(move |name: &str| {
            names.asked.fetch_add(1, Ordering::SeqCst);
            if name.starts_with("hung") {
                let is_open = names.is_open.lock().unwrap();
                let _open = names.opened.wait_while(is_open, |is_open| !*is_open).unwrap();
            }
            if name == "nobody" { Err(io::Error::other("no such name")) } else { Ok(vec![FOUND]) }
        })
    }

    /// To be kept while a test runs: the threads of one that fails must end too.
    fn start() -> Running {
        Running(Arc::default())
    }

    fn open(&self) {
        *self.is_open.lock().unwrap() = true;
        self.opened.notify_all();
    }

    async fn are_asked(&self, count: usize) {
        while self.asked.load(Ordering::SeqCst) < count {
            tokio::task::yield_now().await;
        }
    }
}

struct Running(Arc<Names>);

impl std::ops::Deref for Running {
    type Target = Arc<Names>;

    fn deref(&self) -> &Arc<Names> {
        &self.0
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.0.open();
    }
}

#[tokio::test]
async fn a_look_up_that_hangs_keeps_no_other_name_waiting() {
    let names = Names::start();
    let look_ups = LookUps::new(names.look_up(), 2);
    let hung = tokio::spawn(Arc::clone(&look_ups).addresses_of("hung"));
    names.are_asked(1).await;
    let found = Arc::clone(&look_ups).addresses("consumer").await.unwrap();
    assert_eq!(*found, [FOUND]);
    assert!(Arc::clone(&look_ups).addresses("nobody").await.is_none());
    names.open();
    assert_eq!(*hung.await.unwrap().unwrap(), [FOUND]);
    assert!(look_ups.under_way().is_empty());
}

#[tokio::test]
async fn a_name_takes_one_thread_however_many_ask_for_it() {
    let names = Names::start();
    let look_ups = LookUps::new(names.look_up(), 2);
    let mut hung = tokio::task::JoinSet::new();
    for _ in 0..10 {
        hung.spawn(Arc::clone(&look_ups).addresses_of("hung"));
    }
    names.are_asked(1).await;
    assert_eq!(*Arc::clone(&look_ups).addresses("consumer").await.unwrap(), [FOUND]);
    names.open();
    assert!(hung.join_all().await.iter().all(Option::is_some));
    assert_eq!(names.asked.load(Ordering::SeqCst), 2);
}

#[tokio::test]
async fn no_more_look_ups_block_threads_than_there_is_room_for() {
    const ROOM: usize = 3;
    let names = Names::start();
    let look_ups = LookUps::new(names.look_up(), ROOM);
    let mut waiting = tokio::task::JoinSet::new();
    for number in 0..ROOM {
        waiting.spawn(Arc::clone(&look_ups).addresses_of(&format!("hung-{number}")));
    }
    names.are_asked(ROOM).await;
    let mut late = Box::pin(Arc::clone(&look_ups).addresses_of("consumer"));
    assert!(is_pending(&mut late).await);
    assert_eq!(look_ups.room.available_permits(), 0);
    // Those who waited are gone, and their threads are not.
    waiting.shutdown().await;
    assert_eq!(look_ups.room.available_permits(), 0);
    assert_eq!(names.asked.load(Ordering::SeqCst), ROOM);
    names.open();
    assert_eq!(*late.await.unwrap(), [FOUND]);
}

#[tokio::test]
async fn a_look_up_that_nobody_waits_for_any_more_is_not_begun() {
    let names = Names::start();
    let look_ups = LookUps::new(names.look_up(), 1);
    let hung = tokio::spawn(Arc::clone(&look_ups).addresses_of("hung"));
    names.are_asked(1).await;
    let mut given_up = Box::pin(Arc::clone(&look_ups).addresses_of("given-up"));
    assert!(is_pending(&mut given_up).await);
    drop(given_up);
    names.open();
    assert!(hung.await.unwrap().is_some());
    assert!(Arc::clone(&look_ups).addresses("consumer").await.is_some());
    assert_eq!(names.asked.load(Ordering::SeqCst), 2);
    assert!(look_ups.under_way().is_empty());
}

impl LookUps {
    /// For a task of its own.
    fn addresses_of(
        self: Arc<Self>,
        name: &str,
    ) -> impl Future<Output = Option<Arc<[IpAddr]>>> + Send + use<> {
        let name = name.to_owned();
        async move { self.addresses(&name).await }
    }
}

/// Whether a future is not ready, however often it is polled while others run.
async fn is_pending(future: &mut (impl Future + Unpin)) -> bool {
    for _ in 0..100 {
        let polled =
            std::future::poll_fn(|cx| std::task::Poll::Ready(std::pin::Pin::new(&mut *future).poll(cx)))
                .await;
        if polled.is_ready() {
            return false;
        }
        tokio::task::yield_now().await;
    }
    true
}
