"""Loose files for schema inference, options and bad records: path -> bytes.

Read by queries as ``json.`${data}/NAME` `` or through a view `USING csv OPTIONS (path …)`.
"""
import pathlib


def text(*lines):
    return ("\n".join(lines) + "\n").encode("utf-8")


FILES = {
    "infer_ints.json": text('{"a":1,"b":-5}', '{"a":2147483648,"b":null}', '{"a":3}'),
    "infer_mixed_numbers.json": text('{"a":1,"b":1.5}', '{"a":2.5,"b":2}', '{"a":3,"b":1e3}'),
    "infer_mixed_types.json": text('{"a":1,"b":"x","c":true}', '{"a":"two","b":2,"c":"no"}', '{"a":null,"b":true,"c":1}'),
    "infer_missing.json": text('{"a":1}', '{"b":"x"}', '{"c":true,"a":2}', "{}"),
    "infer_nulls.json": text('{"a":null,"b":1}', '{"a":null,"b":2}'),
    "infer_order.json": text('{"z":1,"a":2,"M":3,"m_":4}', '{"B":5,"z":6}'),
    "infer_big.json": text('{"a":9223372036854775807,"b":9223372036854775808}', '{"a":-9223372036854775808,"b":1}'),
    "infer_strings.json": text('{"a":"1","b":"2024-01-31","c":""}', '{"a":"2","b":"2024-01-31T12:00:00","c":" "}'),
    "infer_empty_strings.json": text('{"a":"","b":1}', '{"a":"x","b":2}'),
    "infer_empty_lines.json": b'\n{"a":1}\n\n   \n{"a":2}\n\n',
    "infer_crlf.json": b'{"a":1,"b":"x"}\r\n{"a":2,"b":"y"}\r\n',
    "no_final_newline.json": b'{"a":1}\n{"a":2}',
    "infer_arrays.json": text('{"a":[1,2],"b":["x"],"c":[]}', '{"a":[3.5],"b":null,"c":[]}', '{"a":[null],"b":["y",null],"c":null}'),
    "infer_nested.json": text('{"a":{"x":1,"y":"p"},"b":1}', '{"a":{"x":2.5},"b":2}', '{"a":null,"b":3}'),
    "infer_array_doc.json": b'[{"a":1,"b":"x"},\n {"a":2,"b":null},\n {"b":"z"}]\n',
    "infer_pretty.json": b'[\n  {\n    "a": 1,\n    "b": "x"\n  },\n  {\n    "a": 2.5,\n    "b": "y"\n  }\n]\n',
    "array_lines.json": text('[{"a":1},{"a":2}]', '{"a":3}', "[]"),
    "single_pretty.json": b'{\n  "a": 1,\n  "b": [1, 2]\n}\n',
    "duplicate_keys.json": text('{"a":1,"a":2}', '{"a":3}'),
    "case_keys.json": text('{"a":1}', '{"a":2}', '{"b":3}'),
    "escapes.json": text(
        r'{"a":"tab\tnl\nquote\"back\\slash\/"}', r'{"a":"\u00e9\ud83d\ude00\u0041"}', '{"a":"é😀 raw"}', r'{"a":"\u0000nul"}', r'{"a":"\b\f\r"}'
    ),
    "numbers_text.json": text('{"a":1.0}', '{"a":-0.0}', '{"a":1e400}', '{"a":0.1000}', '{"a":123456789012345678901234567890}', '{"a":1E-7}'),
    "bad.json": text('{"a":1,"b":"x"}', '{"a":2,"b":', "not json", '{"a":"three","b":"z"}', '{"a":4,"b":"w"}', '{"a":5.5,"b":5}', "[1,2]", '"text"', "7"),
    "bad_types.json": text(
        '{"i":1,"d":1.5,"s":"x","o":true,"t":"2024-01-31"}', '{"i":"1","d":"1.5","s":5,"o":"true","t":20240131}',
        '{"i":1.5,"d":2,"s":1.50,"o":1,"t":"31.01.2024"}', '{"i":2147483648,"d":"x","s":{"k":[1,2.0]},"o":null,"t":""}', '{"i":"","d":"","s":"","o":"","t":null}',
        '{"i":3,"d":"NaN","s":true,"o":false,"t":"2024-02-30"}', '{"i":[4],"d":{},"s":[ 1 , "a" ],"o":[],"t":{}}', '{"i":-1,"d":"-Infinity","s":null,"o":false,"t":"1969-12-31"}',
    ),
    "relaxed.json": text("{'a':1,'b':'single'}", '{a:2,b:"unquoted"}', '{"a":03,"b":"zeros"}', '{"a":NaN,"b":"nan"}', '/* c */ {"a":5,"b":"comment"}', '{"a":+6,"b":"plus"}', '{"a":7,"b":"trailing",}'),
    "trailing.json": text('{"a":1} {"a":2}', '{"a":3}garbage', '{"a":4}'),
    "times.json": text('{"t":"2024-01-31T12:00:00"}', '{"t":"2024-01-31T12:00:00.123Z"}', '{"t":"2024-01-31 12:00:00+02:00"}', '{"t":"31/01/2024"}', '{"t":1706702400}', '{"t":1706702400.5}', '{"t":null}'),
    "german_dates.json": text('{"t":"31.01.2024","u":"31.01.2024 10:20"}', '{"t":"29.02.2023","u":"x"}', '{"t":"01.12.2024","u":"01.12.2024 00:00"}'),
    "empty.json": b"",
    "only_blank.json": b"\n  \n\n",
    "bom.json": b'\xef\xbb\xbf{"a":1}\n{"a":2}\n',
    "dir.json/one.json": text('{"a":1}'),
    "dir.json/two.json": text('{"a":2.5,"b":"x"}'),
    "dir.json/_hidden.json": text('{"z":1}'),
    "dir.json/.dot.json": text('{"y":1}'),
    "people.csv": text("id,name,score", "1,Ann,1.5", "2,Bob,", "3,,2.25", "4,Dörte,1e3"),
    "infer_types.csv": text(
        "i,l,d,b,s,dt,ts,mix,empty,num",
        "1,2147483648,1.5,true,x,2024-01-31,2024-01-31 12:00:00,1,,1",
        "2,-5,2,FALSE,,2024-02-29,2024-02-29T01:02:03.5,x,,2.50",
        "3,,1e3,,é,,,2.5,,",
        "-4,9223372036854775807,NaN,true,\"\",1969-12-31,1969-12-31 23:59:59,,,3",
    ),
    "mixed_numbers.csv": text("a,b,c,d", "1,1,1,9223372036854775808", "2,2.5,x,1", "3,3,3,2"),
    "date_or_time.csv": text("a,b,c", "2024-01-31,2024-01-31,2024-01-31 12:00:00", "2024-02-29,2024-02-29 01:00:00,oops"),
    "quoted.csv": text('a,b,c', '"x,y","say ""hi""",1', '"back\\"slash",plain,2', "\"multi\nline\",z,3", '"","  padded  ",4', "un\"quoted,it's,5"),
    "quoted_simple.csv": text('a,b', '"x,y",1', '"",2', ",3", '"  s  ",4', "  t  ,5"),
    "ragged.csv": text("a,b,c", "1,2,3", "4,5", "6", "7,8,9,10", "", "11,12,13"),
    "no_header.csv": text("1,x,true", "2,y,false", "3,,"),
    "semicolon.csv": text("a;b;c", "1;2,5;x", "2;3,5;'q;r'"),
    "tab.tsv": text("a\tb", "1\tx y", "2\t"),
    "comments.csv": text("# first", "a,b", "1,x", "# middle", "2,y#z"),
    "nulls.csv": text("a,b", "NA,1", "x,NA", ",3", "NULL,4", "-,5"),
    "spaces.csv": text("a, b ,c", " 1 , x ,  ", "2,y , z"),
    "bad_types.csv": text("i,d,b,t", "1,1.5,true,2024-01-31", "x,2.5,false,2024-02-30", "3,abc,maybe,31.01.2024", "4.0,,TRUE,", "2147483648,1e400,false,2024-01-01"),
    "infinities.csv": text("d", "NaN", "Inf", "-Inf", "Infinity", "-Infinity", "1d", "nan"),
    "header_only.csv": text("a,b,c"),
    "empty.csv": b"",
    "blank_lines.csv": b"a,b\n\n1,x\n\n   \n2,y\n\n",
    "crlf.csv": b"a,b\r\n1,x\r\n2,\r\n",
    "no_final_newline.csv": b"a,b\n1,x\n2,y",
    "duplicate_header.csv": text("a,b,a", "1,2,3"),
    "empty_header.csv": text("a,,c", "1,2,3"),
    "bom.csv": b"\xef\xbb\xbfa,b\n1,x\n",
    "german_dates.csv": text("d,t", "31.01.2024,31.01.2024 10:20", "29.02.2023,x", ",01.12.2024 00:00"),
    "latin1.csv": "a,b\né,ü\n".encode("latin-1"),
    "wide.csv": text(",".join(f"c{i}" for i in range(40)), ",".join(str(i) for i in range(40))),
    "malformed.csv": text("a,b,_corrupt", "1,x", "oops,y", "3,z,extra,more", "4,w"),
}


def write(directory):
    for name, content in FILES.items():
        path = pathlib.Path(directory) / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
