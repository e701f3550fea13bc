"""sttp-parquet: recordings become Parquet that pandas and DuckDB read, and the same CSV again.

    parquet_test.py TOOLS_FOLDER PROGRAMS_FOLDER

Needs the packages of requirements.txt; without one, what needs it is left out.
"""

import datetime
import importlib
import re
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(REPOSITORY / "tests/viewers"))

import stream  # noqa: E402
from check import Checks, wait  # noqa: E402

METADATA = REPOSITORY / "src/metadata/sample.xml"
PAGE = REPOSITORY / "docs/parquet.md"
HEADER = "signal_id,timestamp,flags,value\n"
ID = "3f7b1c62-0a5e-4d7e-9c8e-1a2b3c4d5e6f"
# Numbers at their limits, and times that nanoseconds of 64 bits do not hold: without a time, year 1, a leap second.
STRANGE = HEADER + "".join(
    f"{ID},{ticks},{flags},{value}\n"
    for ticks, flags, value in [
        (639_000_000_000_000_001, 0, "nan"),
        (639_000_000_000_000_002, 4_294_967_295, "inf"),
        (639_000_000_000_000_003, 2_147_483_648, "-inf"),
        (0, 1, "-0"),
        (1, 2, "1e-7"),
        (3_155_378_975_999_999_999, 3, "3.4028235e38"),
        (639_000_000_000_000_000 - (1 << 63), 4, "16777216"),
        (639_000_000_000_000_004, 5, "59.980003"),
    ]
)


class Test:
    def __init__(self, tools: Path, programs: Path, work: Path):
        self.checks = Checks("sttp-parquet")
        self.tools, self.work = tools, work
        self.program = programs / "sttp-parquet"

    def run(self, *arguments: object, code: int = 0, told: str = "") -> bytes:
        command = [self.program, *map(str, arguments)]
        done = subprocess.run(command, capture_output=True, timeout=120, stdin=subprocess.DEVNULL)
        text = done.stderr.decode()
        self.checks.check(
            " ".join(map(str, arguments)), done.returncode == code and told in text, (done.returncode, text)
        )
        return done.stdout

    def record(self) -> tuple[Path, Path]:
        """A recording of sttp-subscribe, and the same as Parquet."""
        csv, parquet = self.work / "raw.csv", self.work / "raw.parquet"
        with stream.devices(self.tools, self.work, 20) as publisher:
            self.subscribe(publisher.address, csv, 6600)
        self.run(csv, parquet, "--metadata", METADATA, told="6600 rows")
        return csv, parquet

    def there_and_back(self, csv: Path, parquet: Path):
        again = self.work / "again.csv"
        self.run(parquet, again)
        self.checks.check("the same bytes", again.read_bytes() == csv.read_bytes())
        self.checks.check("by standard output", self.run(parquet, "-") == csv.read_bytes())
        self.checks.check("smaller", parquet.stat().st_size * 3 < csv.stat().st_size, parquet.stat().st_size)
        strange = self.work / "strange.csv"
        strange.write_text(STRANGE)
        self.run(strange, self.work / "strange.parquet")
        self.checks.equal("strange numbers and times", self.run(self.work / "strange.parquet", "-").decode(), STRANGE)
        recovered = "timestamp,value,recovered,flags,signal_id\n639000000000000000,1.5,1,0," + ID + "\n"
        (self.work / "order.csv").write_text(recovered)
        self.run(self.work / "order.csv", self.work / "order.parquet")
        back = self.run(self.work / "order.parquet", "-").decode()
        wanted = f"signal_id,timestamp,flags,value,recovered\n{ID},639000000000000000,0,1.5,1\n"
        self.checks.equal("another order of columns", back, wanted)

    def named_and_wide(self):
        for name, text in [
            (
                "named",
                "time,device,tag,type,value,unit,flag_names\n"
                "2026-01-31T08:30:00.0333333Z,SHELBY,SHELBY:FREQ,FREQ,59.98,Hz,\n"
                '2026-01-31T08:30:00.0666666Z,SHELBY,"A,B",VPHM,nan,V,BAD_DATA SUSPECT_TIME\n',
            ),
            ("wide", "time,SHELBY:FREQ,SHELBY:DFDT,flags\n2026-01-31T08:30:00Z,59.98,,SHELBY:FREQ=BAD_DATA\n"),
        ]:
            (self.work / f"{name}.csv").write_text(text)
            self.run(self.work / f"{name}.csv", self.work / f"{name}.parquet")
            self.checks.equal(name, self.run(self.work / f"{name}.parquet", "-").decode(), text)

    def live(self):
        with stream.devices(self.tools, self.work, 20) as publisher:
            recorded = self.work / "live.parquet"
            self.run(publisher.address, recorded, "--count", "1000", told="1000 rows")
            rows = self.run(recorded, "-").decode().split("\n")
            self.checks.equal("rows of a recording", len(rows), 1002)
        with stream.Publisher(self.tools, ["--rate", "30"]) as publisher:
            recorded = self.work / "ended.parquet"
            process = subprocess.Popen([self.program, publisher.address, recorded], stderr=subprocess.PIPE, text=True)
            wait("the file", (self.work / "ended.parquet.part").exists)
            self.run(publisher.address, self.work / "other.parquet", "--duration", "1")
            process.send_signal(signal.SIGTERM)
            told = process.communicate(timeout=30)[1]
            self.checks.check("ended by a signal", process.returncode == 0 and "rows" in told, told)
            self.checks.check("it is whole", len(self.run(recorded, "-")) > 100)
            self.checks.check("and has its name", not (self.work / "ended.parquet.part").exists())

    def published(self):
        """What docs/parquet.md shows: a pipe to sttp-publish, with the metadata that the signals come from."""
        # Those of the sample with other signal IDs, which sttp-publish knows by the file only.
        grid = self.work / "grid.xml"
        text = METADATA.read_text(encoding="utf-8")
        own = re.sub(r"(<SignalID>)[0-9a-fA-F]{2}", r"\1ee", text)
        self.checks.check("other signals", own != text)
        grid.write_text(own, encoding="utf-8")
        csv, parquet, again = self.work / "grid.csv", self.work / "grid.parquet", self.work / "grid_again.csv"
        with stream.Publisher(self.tools, ["--metadata", str(grid), "--rate", "30"]) as publisher:
            self.subscribe(publisher.address, csv, 990)
        self.run(csv, parquet, "--metadata", grid)
        page = PAGE.read_text(encoding="utf-8")
        converts, publishes = re.search(r"^\$ (.*) \| (sttp-publish .*)$", page, re.MULTILINE).groups()
        self.checks.equal("what is documented", converts, "sttp-parquet raw.parquet -")
        options = publishes.replace("grid.xml", str(grid)).split()[1:]
        with subprocess.Popen([self.program, parquet, "-"], stdout=subprocess.PIPE) as converted:
            more = [*options, "--wait-subscribers", "1"]
            with stream.Publisher(self.tools, more, stdin=converted.stdout) as publisher:
                converted.stdout.close()
                self.subscribe(publisher.address, again, 990)
        self.checks.check("what is published is what was recorded", again.read_bytes() == csv.read_bytes())

    def subscribe(self, address: str, to: Path, count: int):
        command = [self.tools / "sttp-subscribe", address, "--format", "csv", "--output", to, "--count", str(count)]
        subprocess.run(command, check=True, stderr=subprocess.DEVNULL, timeout=60)

    def names_of_hours(self):
        """A file for each hour has a name that no other hour has."""
        form = re.search(r"\$\(date ([^)]+)\)\.parquet", PAGE.read_text(encoding="utf-8")).group(1)
        hours = ["2026-01-31T08:00:00", "2026-01-31T09:00:00", "2026-02-01T08:00:00", "2026-02-28T08:00:00"]
        commands = [["date", *form.split(), "-d", f"{hour}Z"] for hour in hours]
        names = [subprocess.run(one, check=True, capture_output=True, text=True).stdout for one in commands]
        self.checks.equal("different names", len(set(names)), len(hours))

    def mistakes(self, csv: Path, parquet: Path):
        self.run(csv, parquet, code=1, told="is there already; --overwrite replaces it")
        self.run(parquet, csv, code=1, told="is there already; --overwrite replaces it")
        self.run(csv, parquet, "--overwrite", "--metadata", METADATA)
        self.run(csv, code=2, told="from what to what")
        self.run("127.0.0.1:1", self.work / "none.parquet", "--timeout", "1", code=1, told="no measurement in 1 s")
        self.checks.check("nothing is left of it", not list(self.work.glob("none.parquet*")))
        bad, out = self.work / "bad.csv", self.work / "bad.parquet"
        for text, told in [
            ("", "the file is empty"),
            ("a,b\n1,2\n", "line 1: columns are a, b"),
            (HEADER + "x,1,0,1\n", "line 2: signal_id is x; give a GUID"),
            (HEADER + f"{ID},yesterday,0,1\n", "line 2: timestamp is yesterday; give ticks"),
            (HEADER + f"{ID},1,0,1\n\n{ID},1,-1,1\n", "line 4: flags is -1"),
            (HEADER + f"{ID},1,0,\n", "line 2: value is ; give a number or nan"),
            (HEADER + f"{ID},1,0\n", "line 2: it has 3 fields"),
        ]:
            bad.write_text(text)
            self.run(bad, out, code=1, told=told)
        self.checks.check("nothing is left of these", not list(self.work.glob("bad.parquet*")))
        cut = self.work / "cut.parquet"
        cut.write_bytes(parquet.read_bytes()[:-7])
        self.run(cut, "-", code=1, told="cut.parquet: ")

    def pandas(self, csv: Path, parquet: Path, pandas):
        frame = pandas.read_parquet(parquet)
        types = {name: str(kind) for name, kind in frame.dtypes.items()}
        self.checks.check("a time", types["time"] == "datetime64[ns, UTC]", types)
        numbers = {name: types[name] for name in ("value", "flags", "timestamp")}
        self.checks.equal("types", numbers, {"value": "float32", "flags": "uint32", "timestamp": "int64"})
        texts = pandas.read_csv(csv)
        self.checks.check("values", (texts["value"].astype("float32") == frame["value"]).all())
        self.checks.check("ticks", (texts["timestamp"] == frame["timestamp"]).all())
        ticks = (frame["time"].astype("int64") // 100 + stream.TICKS_AT_1970 == frame["timestamp"]).all()
        self.checks.check("times are the same as ticks", ticks)
        by_device = frame[frame["type"] == "FREQ"].groupby("device")["value"].mean()
        self.checks.equal("devices", list(by_device.index), ["ALDERMOOR", "FELLBRIDGE", "QUARRYWICK"])
        self.checks.check("their frequencies", by_device.between(49.9, 50.1).all(), by_device)
        wide = pandas.read_parquet(self.work / "wide.parquet").set_index("time")
        self.checks.equal("a column for each signal", list(wide.columns), ["SHELBY:FREQ", "SHELBY:DFDT", "flags"])
        self.checks.check(
            "what did not come", wide["SHELBY:DFDT"].isna().all() and wide["SHELBY:FREQ"].iloc[0] == 59.98
        )
        # What pandas writes is read as well, to be published.
        wide.astype({"SHELBY:DFDT": "float32"}).reset_index().to_parquet(self.work / "pandas.parquet")
        back = self.run(self.work / "pandas.parquet", "-").decode()
        self.checks.equal("of pandas", back, (self.work / "wide.csv").read_text())

    def duckdb(self, parquet: Path, duckdb):
        of = f"read_parquet('{parquet}')"
        types = {row[0]: row[1] for row in duckdb.sql(f"DESCRIBE SELECT * FROM {of}").fetchall()}
        self.checks.equal("the signal ID", types["signal_id"], "UUID")
        self.checks.check("the time", types["time"].startswith("TIMESTAMP"), types)
        numbers = [types[name] for name in ("value", "flags", "timestamp", "tag", "device")]
        self.checks.equal("types", numbers, ["FLOAT", "UINTEGER", "BIGINT", "VARCHAR", "VARCHAR"])
        rows = duckdb.sql(
            f"SELECT device, count(*), bool_or(flags & 65536 <> 0) FROM {of} GROUP BY device ORDER BY device"
        ).fetchall()
        self.checks.equal("devices", [row[0] for row in rows], ["ALDERMOOR", "FELLBRIDGE", "QUARRYWICK"])
        self.checks.equal("all rows", sum(row[1] for row in rows), 6600)
        self.checks.equal("flags", [row[2] for row in rows], [False, True, False])
        first = duckdb.sql(f"SELECT epoch_ms(min(time)::TIMESTAMPTZ) FROM {of}").fetchall()[0][0]
        age = datetime.datetime.now(datetime.UTC).timestamp() - first / 1000
        self.checks.check("time is UTC", 0 < age < 600, age)


def module(checks: Checks, name: str):
    try:
        return importlib.import_module(name)
    except ImportError as problem:
        print(f"SKIPPED: reading Parquet with {name}: {problem} (pip install -r tests/parquet/requirements.txt)")
        return None


def main():
    with tempfile.TemporaryDirectory() as folder:
        test = Test(Path(sys.argv[1]), Path(sys.argv[2]), Path(folder))
        csv, parquet = test.record()
        test.there_and_back(csv, parquet)
        test.named_and_wide()
        test.live()
        test.published()
        test.names_of_hours()
        test.mistakes(csv, parquet)
        if pandas := module(test.checks, "pandas"):
            test.pandas(csv, parquet, pandas)
        if duckdb := module(test.checks, "duckdb"):
            test.duckdb(parquet, duckdb)
        test.checks.end()


if __name__ == "__main__":
    main()
