"""What becomes of each hostile file: `ready`, or the code of the reason (files/reasons.py, projects/reasons.py)."""


def by_name(codes: dict[str, str]) -> dict[str, str]:
    """Code → names, turned round."""
    return {name: code for code, names in codes.items() for name in names.split()}


# By itself into a project of pictures.
SINGLES = by_name(
    {
        "broken": "made_cut.png truncated.png truncated.jpg bad_crc.png ztxt_bomb.png",
        "svg_refused": "made_script.svg script.svg onload.svg foreign.svg xxe.svg billion_laughs.svg ssrf.svg",
        "markup_refused": "made_page.jpg html_renamed.jpg voc_xxe.xml",
        "empty": "made_empty.png empty.png empty.wav",
        "unknown_type": """
            made_binary.bin imagetragick.mvg one_byte.jpg bomb.jsonl.gz wrong_moov.mp4 no_moov.mp4
            box_size_zero.mp4 box_size_huge.mp4 deep_boxes.mp4 playlist_ssrf.m3u8 playlist_renamed.mp4 lying.wav
            zero_rate.wav id3_script.mp3 truncated.webm javascript.pdf page_loop.pdf truncated.pdf
        """,
        "too_many_pixels": """
            header_only_30000x30000.png bomb_20000x20000_1bit.png huge_header_2147483647.png polyglot_gif_js.gif
            gif_1_frame_65535.gif
        """,
        "zero_size": "zero_size.png",
        "ready": """
            many_idat.png jpeg_renamed.png polyglot_jpeg_zip.jpg jpeg_php_comment.jpg exif_script.jpg
            exif_bad_offset.jpg exif_loop.jpg
        """,
        "animated_too_large": "gif_10000_frames.gif",
        "not_a_picture": """
            deep_list.json deep_object.json huge_int.json duplicate_keys.json proto.json coco_bad_refs.json
        """,
    }
)
# As an entry of an archive, where it makes no task: lists are texts there, and archives in archives are not opened.
ENTRIES = by_name(
    {
        "svg_refused": "made_script.svg script.svg onload.svg foreign.svg xxe.svg billion_laughs.svg ssrf.svg",
        "markup_refused": "made_page.jpg html_renamed.jpg voc_xxe.xml",
        "empty": "made_empty.png empty.png empty.csv empty.jsonl empty.wav",
        "unknown_type": """
            made_binary.bin imagetragick.mvg one_byte.jpg nul.csv wrong_moov.mp4 no_moov.mp4 box_size_zero.mp4
            box_size_huge.mp4 deep_boxes.mp4 playlist_ssrf.m3u8 playlist_renamed.mp4 lying.wav zero_rate.wav
            id3_script.mp3 truncated.webm javascript.pdf page_loop.pdf truncated.pdf
        """,
        "not_a_picture": """
            made_rows.csv made_rows.jsonl formula.csv ragged.csv duplicate_header.csv bom.csv one_huge_cell.csv
            many_columns.csv separators.csv header_only.csv deep_list.json deep_object.json nan.jsonl
            huge_int.json big_ints.jsonl lone_surrogate.jsonl nul_escape.jsonl duplicate_keys.json proto.json
            xss.jsonl unicode.jsonl long_line.jsonl not_json.jsonl redos.jsonl boxes_bad.jsonl polygon_bad.jsonl
            coco_bad_refs.json
        """,
        "archive_nested": """
            made_broken.zip traversal.zip symlink.zip bomb_20mb.zip nested.zip many_entries.zip lying_size.zip
            duplicate_names.zip macosx_junk.zip bomb.jsonl.gz empty.zip truncated.zip
        """,
        "not_utf8": "utf16.csv latin1.csv invalid_utf8.jsonl",
    }
)
# Into a project of texts: tasks made and the codes of the refused rows, or the code that refuses the whole list.
LISTS: dict[str, tuple[int, list[str]] | str] = {
    "made_rows.csv": (1, ["row_csv"]),
    "made_rows.jsonl": (1, ["row_not_an_object", "nul", "not_json"]),
    "formula.csv": (7, []),
    "ragged.csv": (0, ["row_columns", "row_columns", "row_csv"]),
    "duplicate_header.csv": "header_duplicate",
    "utf16.csv": (1, []),
    "bom.csv": (1, []),
    "nul.csv": (0, ["row_nul"]),
    "latin1.csv": (0, ["row_encoding"]),
    "one_huge_cell.csv": (1, []),
    "many_columns.csv": "header_too_many",
    "separators.csv": (0, ["row_csv"]),
    "empty.csv": "empty",
    "header_only.csv": (0, ["row_none"]),
    "nan.jsonl": (0, ["not_a_number"] * 4),
    "big_ints.jsonl": (0, ["too_big", "too_big", "column_not_text", "too_big", "column_not_text", "column_not_text"]),
    "invalid_utf8.jsonl": (2, ["row_encoding", "row_encoding"]),
    "lone_surrogate.jsonl": (0, ["surrogate", "surrogate"]),
    "nul_escape.jsonl": (0, ["nul"]),
    "xss.jsonl": (13, []),
    "unicode.jsonl": (14, []),
    "long_line.jsonl": (1, []),
    "not_json.jsonl": (
        0,
        [
            "column_not_text",
            "not_json",
            "row_not_an_object",
            "row_not_an_object",
            "row_not_an_object",
            "column_not_text",
        ],
    ),
    "redos.jsonl": (1, []),
    "boxes_bad.jsonl": (0, ["column_not_text"] * 8),
    "polygon_bad.jsonl": (0, ["column_not_text"] * 3),
    "empty.jsonl": "empty",
}
# With a good picture behind it, into a project of pictures: tasks made and the kinds of refusals.
ARCHIVES: dict[str, tuple[int, list[str]] | str] = {
    "made_broken.zip": (1, []),
    "traversal.zip": (1, ["archive_path", "not_a_picture"]),
    "symlink.zip": (1, ["archive_link", "not_a_picture"]),
    "bomb_20mb.zip": (0, ["archive_ratio"]),
    "nested.zip": (1, ["archive_nested"]),
    "many_entries.zip": (1, ["empty"]),
    "lying_size.zip": (1, ["archive_lying"]),
    "duplicate_names.zip": (1, ["archive_duplicate"]),
    "macosx_junk.zip": (2, []),
    "empty.zip": (1, []),
    "truncated.zip": (1, []),
}
# What the form refuses at once of the lists.
LISTS_REFUSED_AT_ONCE = {
    "made_broken.zip",
    "truncated.zip",
    "duplicate_header.csv",
    "many_columns.csv",
    "empty.csv",
    "empty.jsonl",
}
# Found while a picture is decoded: the upload is taken, and its task ends with the reason.
FOUND_BY_DECODING = {"animated_too_large", "broken", "ready", "too_many_pixels", "zero_size"}
