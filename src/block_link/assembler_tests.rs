use super::assembler::{BlockAssembler, BlockCounts};
use super::block::{BlockFormat, BlockWriter, LARGEST_BLOCK, OVERHEAD, USUAL_BLOCK};
use super::error::BlockLinkError;
use super::sequence::Arrival;
use proptest::prelude::*;

type Found = Vec<(u16, Vec<u8>)>;

fn take(assembler: &mut BlockAssembler) -> Found {
    let mut found = Vec::new();
    while let Some(block) = assembler.next_block().unwrap() {
        found.push((block.feature, block.data.to_vec()));
    }
    found
}

fn cut(stream: &[u8], piece: usize) -> (Found, BlockCounts) {
    let mut assembler = BlockAssembler::default();
    let mut found = Vec::new();
    for piece in stream.chunks(piece) {
        assembler.push(piece);
        found.extend(take(&mut assembler));
    }
    (found, assembler.counts())
}

fn blocks(count: u16) -> (Vec<Vec<u8>>, Found) {
    let mut writer = BlockWriter::default();
    let contents: Found =
        (0..count).map(|number| (number % 5, vec![number as u8; 7 * usize::from(number)])).collect();
    let blocks = contents.iter().map(|(feature, data)| {
        let mut block = Vec::new();
        writer.write(&mut block, *feature, data).unwrap();
        block
    });
    (blocks.collect(), contents)
}

#[test]
fn blocks_are_found_behind_garbage_and_inside_damaged_ones() {
    let (blocks, contents) = blocks(4);
    // The begin of a block that claims all that follows, and more.
    let liar = [0xA7, 0x7A, 0x00, 0x40, 0, 0, 0, 0];
    let stream =
        [&b"noise\xA7"[..], &blocks[0], &liar, &blocks[1], &[0xA7, 0x7A, 0xFF, 0xFF], &blocks[2], &blocks[3]];
    let stream = [&stream.concat()[..], &[0; 64]].concat();
    for piece in [1, 2, 3, 7, 1000] {
        let (found, counts) = cut(&stream, piece);
        assert_eq!(found, contents, "pieces of {piece}");
        assert_eq!((counts.blocks, counts.bad_checks, counts.lost), (4, 1, 0));
        assert_eq!(counts.skipped_bytes, 6 + 8 + 4 + 64);
    }
}

#[test]
fn no_single_bit_can_be_wrong_without_being_noticed() {
    let (blocks, contents) = blocks(3);
    for bit in 0..blocks[1].len() * 8 {
        let mut damaged = blocks[1].clone();
        damaged[bit / 8] ^= 1 << (bit % 8);
        let mut assembler = BlockAssembler::default();
        assembler.push(&[&blocks[0], &damaged[..], &blocks[2]].concat());
        let mut found = take(&mut assembler);
        // A size that grew makes the assembler wait for bytes that do not come.
        while assembler.unfinished() > 0 {
            assembler.give_up();
            found.extend(take(&mut assembler));
        }
        assert_eq!(found, [contents[0].clone(), contents[2].clone()], "bit {bit}");
        let counts = assembler.counts();
        assert_eq!((counts.lost, counts.skipped_bytes), (1, damaged.len() as u64), "bit {bit}");
    }
}

#[test]
fn datagrams_end_where_blocks_do() {
    let (blocks, contents) = blocks(4);
    let mut assembler = BlockAssembler::default();
    assembler.push_datagram(&[&blocks[0][..], &blocks[1], &blocks[2][..9]].concat());
    assert_eq!(take(&mut assembler), contents[..2]);
    assembler.push_datagram(&blocks[3]);
    assert_eq!(take(&mut assembler), contents[3..]);
    assembler.push_datagram(&blocks[2]);
    assert_eq!(assembler.next_block().unwrap().map(|block| block.arrival), Some(Arrival::Late));
    assembler.push_datagram(&blocks[2]);
    assert_eq!(assembler.next_block().unwrap(), None);
    let counts = assembler.counts();
    assert_eq!((counts.blocks, counts.lost, counts.late, counts.repeated), (4, 0, 1, 1));
    assert_eq!(counts.skipped_bytes, 9);
}

#[test]
fn what_is_larger_than_agreed_is_no_block() {
    let mut block = Vec::new();
    BlockWriter::default().write(&mut block, 1, &[1; USUAL_BLOCK + 1 - OVERHEAD]).unwrap();
    assert!(cut(&block, 9000).0.is_empty());
    let mut assembler = BlockAssembler::default();
    assembler.set_largest(LARGEST_BLOCK);
    assembler.push(&block);
    assert_eq!(take(&mut assembler).len(), 1);
}

#[test]
fn begins_of_long_blocks_over_and_over_cost_no_more_than_the_credit() {
    let mut assembler = BlockAssembler::default();
    assembler.set_largest(LARGEST_BLOCK);
    let hostile = [0xA7, 0x7A, 0x7F, 0xFF].repeat(40_000);
    for piece in hostile.chunks(1000) {
        assembler.push(piece);
        assert!(take(&mut assembler).is_empty());
    }
    let affordable = ((4 << 20) + 16 * hostile.len() as u64) / LARGEST_BLOCK as u64;
    assert!(assembler.counts().bad_checks <= affordable + 8, "{:?}", assembler.counts());
    assembler.push(&[0; LARGEST_BLOCK]);
    assert!(take(&mut assembler).is_empty());
    let (blocks, contents) = blocks(2);
    assembler.push(&blocks.concat());
    assert_eq!(take(&mut assembler), contents);
}

#[test]
fn compact_blocks_that_cannot_be_end_the_link() {
    let mut assembler = BlockAssembler::default();
    assembler.set_format(BlockFormat::Compact);
    assembler.push(&[0x83, 1, 2, 3]);
    assert_eq!(assembler.next_block(), Err(BlockLinkError::NoFeatureBefore));
    assembler.restart();
    assembler.set_format(BlockFormat::Compact);
    assembler.push(&[0x7F, 0, 1, 0xFF, 0xFF]);
    assert_eq!(
        assembler.next_block(),
        Err(BlockLinkError::CompactTooLarge { size: 65_535, most: LARGEST_BLOCK - OVERHEAD })
    );
    // A length field that need not be there.
    assembler.restart();
    assembler.set_format(BlockFormat::Compact);
    assembler.push(&[0x7F, 0, 1, 0, 2, 7, 8]);
    assert_eq!(take(&mut assembler), [(1, vec![7, 8])]);
}

fn parts() -> impl Strategy<Value = Vec<(u16, Option<Vec<u8>>)>> {
    let data = prop_oneof![
        4 => proptest::collection::vec(any::<u8>(), 0..40),
        1 => proptest::collection::vec(any::<u8>(), 120..300),
    ];
    let block = (0..5_u16, data.prop_map(Some));
    let garbage = (any::<u16>(), Just(None));
    proptest::collection::vec(prop_oneof![4 => block, 1 => garbage], 0..25)
}

proptest! {
    #[test]
    fn pieces_make_no_difference_and_garbage_costs_no_good_block(parts in parts(), piece in 1_usize..80) {
        let mut writer = BlockWriter::default();
        let mut stream = Vec::new();
        let mut contents = Vec::new();
        for (number, data) in &parts {
            match data {
                Some(data) => {
                    writer.write(&mut stream, *number, data).unwrap();
                    contents.push((*number, data.clone()));
                }
                // Garbage that looks like the begin of a block, too.
                None if number % 2 == 0 => stream.extend([0xA7, 0x7A, 0, (number >> 8) as u8]),
                None => stream.extend(number.to_be_bytes()),
            }
        }
        // As much as a block may claim at most, so that everything is decided.
        stream.extend([0; USUAL_BLOCK]);
        let (found, counts) = cut(&stream, piece);
        prop_assert_eq!(&found, &contents);
        prop_assert_eq!(counts.lost, 0);
        prop_assert_eq!(cut(&stream, stream.len()), (found, counts));
        let inside: usize = contents.iter().map(|(_, data)| data.len() + OVERHEAD).sum();
        prop_assert_eq!(counts.skipped_bytes, (stream.len() - inside) as u64);
    }

    #[test]
    fn compact_blocks_come_back_in_whatever_pieces(parts in parts(), piece in 1_usize..80) {
        let mut writer = BlockWriter::default();
        writer.set_format(BlockFormat::Compact);
        let mut stream = Vec::new();
        let mut contents = Vec::new();
        for (number, data) in parts {
            let data = data.unwrap_or_default();
            writer.write(&mut stream, number, &data).unwrap();
            contents.push((number, data));
        }
        let mut assembler = BlockAssembler::default();
        assembler.set_format(BlockFormat::Compact);
        let mut found = Vec::new();
        for piece in stream.chunks(piece) {
            assembler.push(piece);
            found.extend(take(&mut assembler));
        }
        prop_assert_eq!(found, contents);
        prop_assert_eq!(assembler.unfinished(), 0);
    }

    #[test]
    fn up_to_three_wrong_bits_and_any_16_in_a_row_are_noticed(
        length in 0_usize..4_085,
        bits in proptest::collection::vec(any::<proptest::sample::Index>(), 1..=3),
        burst in (any::<proptest::sample::Index>(), 1_u16..),
    ) {
        let mut block = Vec::new();
        BlockWriter::default().write(&mut block, 7, &vec![0x5C; length]).unwrap();
        // All but the size, from which follows what the check word is over.
        let places: Vec<usize> = (0..8 * block.len()).filter(|bit| !(16..32).contains(bit)).collect();
        let flips = |bits: &[usize]| {
            let mut damaged = block.clone();
            bits.iter().for_each(|bit| damaged[bit / 8] ^= 0x80 >> (bit % 8));
            damaged
        };
        let mut few: Vec<usize> = bits.iter().map(|bit| places[bit.index(places.len())]).collect();
        few.sort_unstable();
        few.dedup();
        let first = burst.0.index(8 * block.len() - 15);
        let many: Vec<usize> = (0..16).filter(|bit| burst.1 >> bit & 1 == 1).map(|bit| first + bit).collect();
        let is_burst = many.iter().all(|bit| !(16..32).contains(bit));
        for damaged in [Some(flips(&few)), is_burst.then(|| flips(&many))].into_iter().flatten() {
            let mut assembler = BlockAssembler::default();
            assembler.push_datagram(&damaged);
            prop_assert_eq!(take(&mut assembler), Found::new());
            prop_assert_eq!(assembler.counts().skipped_bytes, damaged.len() as u64);
        }
    }
}
