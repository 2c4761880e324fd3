//! Proof that `ptp-lines` and `proxy-core`, with everything below them, need no `std`.
//!
//! A bare-metal target cannot be installed everywhere, so the proof is made on the host: this library brings its own
//! panic handler, and `std` has one too. If any crate in the graph linked `std`, the compiler would refuse the second.
#![no_std]

#[cfg(feature = "with-std")]
extern crate std;

use core::alloc::{GlobalAlloc, Layout};
use core::hint::black_box;

/// An allocator that has no memory: linking needs one, running is not the point.
struct NoMemory;

// SAFETY: it never hands out memory, so there is nothing to get wrong.
unsafe impl GlobalAlloc for NoMemory {
    unsafe fn alloc(&self, _: Layout) -> *mut u8 {
        core::ptr::null_mut()
    }

    unsafe fn dealloc(&self, _: *mut u8, _: Layout) {}
}

#[global_allocator]
static ALLOCATOR: NoMemory = NoMemory;

#[panic_handler]
fn panic(_: &core::panic::PanicInfo<'_>) -> ! {
    loop {
        core::hint::spin_loop();
    }
}

/// Names something of each crate, so that neither can be left out of the link.
#[unsafe(no_mangle)]
pub extern "C" fn names_both_crates() -> usize {
    let line = black_box(ptp_lines::parse(b"CMD RESTART"));
    let core = black_box(core::mem::size_of::<proxy_core::Core>());
    usize::from(line.is_ok()) + core
}
