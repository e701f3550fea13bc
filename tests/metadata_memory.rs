//! How much memory reading hostile metadata takes. This is a program of its own because it counts all
//! memory that its one thread allocates.

use std::alloc::{GlobalAlloc, Layout, System};
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};

use sttp::metadata::{DataSet, Limits};

static NOW: AtomicUsize = AtomicUsize::new(0);
static MOST: AtomicUsize = AtomicUsize::new(0);

struct Counting;

// SAFETY: all calls go to the system's allocator; only numbers are noted beside.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        MOST.fetch_max(NOW.fetch_add(layout.size(), Relaxed) + layout.size(), Relaxed);
        // SAFETY: the caller's promise.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        NOW.fetch_sub(layout.size(), Relaxed);
        // SAFETY: the caller's promise.
        unsafe { System.dealloc(pointer, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

/// The most bytes that reading a document takes beyond the document.
fn memory(document: &[u8], limits: &Limits) -> usize {
    let before = NOW.load(Relaxed);
    MOST.store(before, Relaxed);
    drop(DataSet::from_xml(document, limits));
    MOST.load(Relaxed) - before
}

fn with_columns(count: usize, rows: &str) -> String {
    let columns: String =
        (0..count).map(|one| format!("<e:element name=\"C{one}\" type=\"e:long\"/>")).collect();
    let tables = format!(
        "<e:element name=\"T\"><e:complexType><e:sequence>{columns}</e:sequence></e:complexType></e:element>"
    );
    format!(
        "<D><e:schema xmlns:e=\"http://www.w3.org/2001/XMLSchema\"><e:element name=\"D\"><e:complexType>\
         <e:choice>{tables}</e:choice></e:complexType></e:element></e:schema>{rows}</D>"
    )
}

/// One test, because others beside it would be counted with it.
#[test]
fn hostile_documents_take_no_more_than_a_few_times_their_size() {
    const SIZE: usize = 1 << 20;
    let fill = |piece: &str| piece.repeat(SIZE / piece.len());
    let utf_16 = |text: String| -> Vec<u8> {
        "\u{FEFF}".encode_utf16().chain(text.encode_utf16()).flat_map(u16::to_le_bytes).collect()
    };
    let limits = Limits { cells: SIZE / 8, ..Limits::default() };
    let documents: Vec<(&str, Vec<u8>)> = vec![
        ("nested elements", fill("<D>").into()),
        ("attributes", format!("<D {}/>", fill("a='' ")).into()),
        ("long name", format!("<{}/>", fill("D")).into()),
        ("long attribute", format!("<D a='{}'/>", fill("&#38;")).into()),
        ("unclosed text", format!("<D>{}", fill("text")).into()),
        ("unclosed section", format!("<D><![CDATA[{}", fill("]]")).into()),
        ("unclosed comment", format!("<D><!--{}", fill("- ")).into()),
        ("references", with_columns(1, &format!("<T><C0>{}</C0></T>", fill("&#x10FFFF;"))).into()),
        ("undefined references", format!("<D>{}</D>", fill("&e;")).into()),
        ("definitions of entities", format!("<!DOCTYPE D [{}]><D/>", fill("<!ENTITY a 'b'>")).into()),
        ("empty rows of many columns", with_columns(1_000, &fill("<T/>")).into()),
        ("rows of unknown tables", with_columns(1, &fill("<U><C0>1</C0></U>")).into()),
        ("unreadable cells", with_columns(1, &fill("<T><C0>x</C0></T>")).into()),
        ("columns", with_columns(20_000, "").into()),
        ("two-byte text", utf_16(format!("<D>{}</D>", "電".repeat(SIZE / 2)))),
        ("broken two-byte text", [utf_16(format!("<D>{}", "電".repeat(SIZE / 2))), vec![0, 0xD8]].concat()),
        ("bytes that are no text", [b"<D>".to_vec(), vec![0xC3; SIZE]].concat()),
    ];
    for (name, document) in documents {
        let most = memory(&document, &limits);
        assert!(most <= 4 * document.len(), "{name}: {most} bytes for {} bytes", document.len());
    }
    let announced = Limits { document_bytes: SIZE / 2, ..limits };
    assert!(memory(&vec![b' '; SIZE], &announced) < 1_000, "too long a document is not looked at");
}
