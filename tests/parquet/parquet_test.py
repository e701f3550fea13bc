"""sttp-parquet: recordings become Parquet that pandas and DuckDB read, and the same CSV again.

    parquet_test.py TOOLS_FOLDER PROGRAMS_FOLDER

Needs the packages of requirements.txt; without one, what needs it is left out.
"""

import csv
import datetime
import importlib
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as ElementTree
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

    def subscribe(self, address: str, to: Path, count: int, *options: object):
        command = [self.tools / "sttp-subscribe", address, "--format", "csv", "--output", to, "--count", str(count)]
        subprocess.run([*command, *options], check=True, stderr=subprocess.DEVNULL, timeout=60)

    def plays(self, path: Path, to: Path, count: int, *options: object) -> dict[str, tuple[str, str, str]]:
        """Publishes a file as it is, and records what comes; the signals by their IDs: tags, devices, types."""
        more = ["--replay", str(path), "--wait-subscribers", "1"]
        described = self.work / "described.xml"
        described.unlink(missing_ok=True)
        with stream.Publisher(self.tools, more) as publisher:
            self.subscribe(publisher.address, to, count, "--metadata-out", described, *options)
        return signals_of(described)

    def publish(self, *arguments: object, code: int, told: str, **more) -> subprocess.CompletedProcess:
        command = [self.tools / "sttp-publish", "--listen", "127.0.0.1:0", *map(str, arguments)]
        done = subprocess.run(command, capture_output=True, text=True, timeout=120, **more)
        said = done.stdout + done.stderr
        is_so = done.returncode == code and told in said
        self.checks.check(f"sttp-publish {arguments}", is_so, (done.returncode, said))
        return done

    def replayed(self):
        """A file of this program, published as it is: rows, names and metadata are those that were recorded."""
        grid, recorded, parquet = (self.work / f"grid.{ending}" for ending in ("xml", "csv", "parquet"))
        again = self.work / "replayed.csv"
        self.checks.equal("names travel", self.plays(parquet, again, 990), signals_of(grid))
        described = self.work / "described.xml"
        for table, count in [("MeasurementDetail", 33), ("PhasorDetail", 12), ("DeviceDetail", 3)]:
            self.checks.equal(f"all metadata travel: {table}", rows_of(described, table), rows_of(grid, table))
            self.checks.equal(f"rows of {table}", len(rows_of(described, table)), count)
        self.checks.check("what is published is what was recorded", again.read_bytes() == recorded.read_bytes())
        told = self.publish("--check", "--replay", parquet, code=0, told="it is Apache Parquet").stdout
        self.checks.check("it was understood", "990 values of 33 signals at 30 times" in told, told)
        # Again and again, each time one step behind the last time.
        looped = self.work / "looped.csv"
        with stream.Publisher(self.tools, ["--replay", str(parquet), "--loop", "--wait-subscribers", "1"]) as publisher:
            self.subscribe(publisher.address, looped, 1980)
        rows = looped.read_text().splitlines()[1:]
        once, twice = ([(row.split(",")[0], row.split(",")[3]) for row in part] for part in (rows[:990], rows[990:]))
        self.checks.check("the same values once more", once == twice, (once[:3], twice[:3]))
        # Names that are given go over those of the file.
        options = ["--replay", str(parquet), "--signal-list", self.list(grid)]
        with stream.Publisher(self.tools, options) as publisher:
            told = self.work / "listed.xml"
            command = [self.tools / "sttp-subscribe", publisher.address, "--timeout", "9", "--duration", "0.1"]
            command += ["--format", "none", "--metadata-out", told]
            subprocess.run(command, stderr=subprocess.DEVNULL, timeout=60)
            self.checks.equal("a list goes over it", {tag for tag, _, _ in signals_of(told).values()}, {"mine"})
        self.moved(parquet, recorded)
        self.broken(parquet)

    def moved(self, parquet: Path, recorded: Path):
        """The recording as of now, and as the past that somebody asks for."""
        again = self.work / "moved.csv"
        with stream.Publisher(
            self.tools, ["--replay", str(parquet), "--times", "now", "--wait-subscribers", "1"]
        ) as publisher:
            self.subscribe(publisher.address, again, 990)
        first, old = (path.read_text().splitlines()[1].split(",") for path in (again, recorded))
        age = datetime.datetime.now(datetime.UTC).timestamp() - (int(first[1]) - stream.TICKS_AT_1970) / 1e7
        self.checks.check("times of now", 0 < age < 120, age)
        whole = (int(first[1]) - int(old[1])) % 10_000_000 == 0
        self.checks.check("moved by whole seconds", whole and (first[0], first[3]) == (old[0], old[3]), (first, old))
        past = self.work / "past.csv"
        options = ["--archive", str(parquet), "--frames", "1", "--linger", "60"]
        with stream.Publisher(self.tools, options) as publisher:
            command = [self.tools / "sttp-subscribe", publisher.address, "--format", "csv", "--output", past]
            command += ["--start", "2000-01-01T00:00:00Z", "--stop", "2100-01-01T00:00:00Z"]
            done = subprocess.run(command, capture_output=True, text=True, timeout=60)
        self.checks.check("the past", done.returncode == 0 and past.read_bytes() == recorded.read_bytes(), done.stderr)

    def list(self, grid: Path) -> str:
        listed = self.work / "list.csv"
        listed.write_text(f"signal_id,tag\n{next(iter(signals_of(grid)))},mine\n")
        return str(listed)

    def broken(self, parquet: Path):
        cut = self.work / "cut_short.parquet"
        cut.write_bytes(parquet.read_bytes()[:-7])
        self.publish("--replay", cut, code=1, told="sttp-parquet: ")
        # The footer is whole, and rows are not.
        bytes_ = bytearray(parquet.read_bytes())
        bytes_[len(bytes_) // 50 : len(bytes_) // 2] = bytes(len(bytes_) // 2 - len(bytes_) // 50)
        cut.write_bytes(bytes_)
        self.publish("--replay", cut, "--metadata", self.work / "grid.xml", code=1, told="sttp-parquet has failed")
        with parquet.open("rb") as pipe:
            piped = subprocess.Popen(["cat"], stdin=pipe, stdout=subprocess.PIPE)
            self.publish("--replay", "-", code=1, told="give the name of the file", stdin=piped.stdout)
            piped.stdout.close()
            piped.wait(20)
        # Without the program there is advice, and beside sttp-publish it is found without a path.
        beside = self.work / "prefix/bin"
        beside.mkdir(parents=True)
        shutil.copy2(self.tools / "sttp-publish", beside)
        (self.work / "prefix/lib").symlink_to(self.tools.resolve().parent / "lib")
        for code, told in [(1, "install that beside this program or on the PATH"), (0, "it is Apache Parquet")]:
            command = [beside / "sttp-publish", "--check", "--replay", parquet]
            done = subprocess.run(command, capture_output=True, text=True, timeout=60, env={"PATH": "/usr/bin:/bin"})
            self.checks.check(told, done.returncode == code and told in done.stdout + done.stderr, done)
            shutil.copy2(self.program, beside)

    def interrupted(self):
        """Whoever ends the publisher ends what reads for it, and nothing is said of that."""
        many, parquet = self.work / "many.csv", self.work / "many.parquet"
        rows = (f"{ID},{639_000_000_000_000_000 + number * 10_000},0,{number}\n" for number in range(60_000))
        many.write_text(HEADER + "".join(rows))
        self.run(many, parquet)
        process = subprocess.Popen(
            [self.tools / "sttp-publish", "--replay", parquet, "--listen", "127.0.0.1:0", "--speed", "100"],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        process.stdout.readline()
        wait("what reads for it", lambda: readers_of(parquet))
        process.send_signal(signal.SIGINT)
        told = process.communicate(timeout=30)[1]
        self.checks.check("ended", process.returncode == 0 and "sttp-parquet" not in told, (process.returncode, told))
        wait("the end of what reads for it", lambda: not readers_of(parquet))

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
        self.run(self.work / "pandas.parquet", "--metadata-out", "-", code=3, told="nothing tells what its signals are")
        self.of_pandas(frame, pandas)

    def of_pandas(self, frame, pandas):
        """What pandas has written is published as it is: a part of a recording, and a column for each signal."""
        part, again = self.work / "part.parquet", self.work / "part.csv"
        chosen = frame[frame["type"].isin(["FREQ", "DFDT"])].reset_index(drop=True)
        # Bytes, in place of the type that pandas has none for.
        chosen.to_parquet(part, index=False)
        signals = self.plays(part, again, len(chosen))
        sample = signals_of(METADATA)
        self.checks.equal("its signals", signals, {one: sample[one] for one in signals})
        self.checks.equal("only those", {kind for _, _, kind in signals.values()}, {"FREQ", "DFDT"})
        played = pandas.read_csv(again)
        for name, kind in [("value", "float32"), ("timestamp", "int64"), ("flags", "uint32")]:
            same = (played[name].astype(kind).to_numpy() == chosen[name].to_numpy()).all()
            self.checks.check(f"each {name} of a part", same)
        times = pandas.date_range("2026-03-04T08:30:00Z", periods=50, freq="20ms")
        numbers = range(50)
        wide = pandas.DataFrame(
            {
                "NORTH:FREQ [Hz]": [50 + number / 3000 for number in numbers],
                "NORTH:ROCOF": [float("nan") if number % 7 == 0 else number * 1e-9 for number in numbers],
                "Largest": [3.4028234e38 - number * 1e32 for number in numbers],
            },
            index=times,
        )
        for unit, zone in [("ns", "UTC"), ("us", "UTC"), ("ms", None)]:
            path, again = self.work / f"wide_{unit}.parquet", self.work / f"wide_{unit}.csv"
            written = wide.set_axis(times.tz_convert(zone).as_unit(unit), axis=0)
            written.to_parquet(path)
            # What pandas has no value for is none that could be published.
            count = int(written.notna().sum().sum())
            signals = self.plays(path, again, count, "--columns", "time,tag,value")
            tags = {tag: kind for tag, _, kind in signals.values()}
            self.checks.equal("tags", tags, {"NORTH:FREQ": "FREQ", "NORTH:ROCOF": "DFDT", "Largest": "ALOG"})
            with again.open(newline="") as file:
                found = {(row["time"], row["tag"]): row["value"] for row in csv.DictReader(file)}
            self.checks.equal("all have come", len(found), count)
            wrong = []
            for time, row in wide.iterrows():
                for name, number in row.dropna().items():
                    key = (short(time), name.split(" ")[0])
                    single = pandas.Series([found.get(key, "nan")]).astype("float32")[0]
                    if single != pandas.Series([number]).astype("float32")[0]:
                        wrong.append((key, found.get(key), number))
            self.checks.equal(f"each value of times in {unit}", wrong, [])

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


def signals_of(metadata: Path) -> dict[str, tuple[str, str, str]]:
    """Tags, devices and types by signal ID."""
    records = ElementTree.parse(metadata).getroot().iter("MeasurementDetail")
    names = ("PointTag", "DeviceAcronym", "SignalAcronym")
    return {one.findtext("SignalID").lower(): tuple(one.findtext(name, "") for name in names) for one in records}


def rows_of(metadata: Path, table: str) -> list[dict[str, str]]:
    """What a table of metadata tells, but for who publishes it and since when."""
    rows = ElementTree.parse(metadata).getroot().iter(table)
    return [{one.tag: one.text for one in row if one.tag not in ("NodeID", "UpdatedOn")} for row in rows]


def short(time) -> str:
    """A time as recordings have it."""
    text = time.tz_convert("UTC").strftime("%Y-%m-%dT%H:%M:%S.%f").rstrip("0").rstrip(".")
    return text + "Z"


def readers_of(path: Path) -> list[str]:
    """Processes of sttp-parquet that have this file on their command line."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            words = (process / "cmdline").read_bytes().split(b"\0")
        except OSError:
            continue  # it has ended meanwhile
        if words[0].endswith(b"sttp-parquet") and str(path).encode() in words:
            found.append(process.name)
    return found


def module(checks: Checks, name: str):
    try:
        return importlib.import_module(name)
    except ImportError as problem:
        print(f"SKIPPED: reading Parquet with {name}: {problem} (pip install -r tests/parquet/requirements.txt)")
        return None


def main():
    # Where sttp-publish finds it.
    os.environ["PATH"] = f"{Path(sys.argv[2]).resolve()}:{os.environ['PATH']}"
    with tempfile.TemporaryDirectory() as folder:
        test = Test(Path(sys.argv[1]), Path(sys.argv[2]), Path(folder))
        csv, parquet = test.record()
        test.there_and_back(csv, parquet)
        test.named_and_wide()
        test.live()
        test.published()
        test.replayed()
        test.interrupted()
        test.names_of_hours()
        test.mistakes(csv, parquet)
        if pandas := module(test.checks, "pandas"):
            test.pandas(csv, parquet, pandas)
        if duckdb := module(test.checks, "duckdb"):
            test.duckdb(parquet, duckdb)
        test.checks.end()


if __name__ == "__main__":
    main()
