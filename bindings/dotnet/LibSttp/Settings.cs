using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;

namespace LibSttp
{
    /// <summary>The settings of a subscriber, a publisher or a gateway: as properties, and by their keys.</summary>
    public abstract unsafe class Settings
    {
        private readonly SettingsRole _role;

        internal Settings(SettingsRole role)
        {
            _role = role;
        }

        /// <summary>All settings of this role: their keys, values and documents.</summary>
        public IReadOnlyList<SettingInfo> Table => TableOf(_role);

        /// <summary>All settings of a role.</summary>
        public static IReadOnlyList<SettingInfo> TableOf(SettingsRole role)
        {
            LibraryLoader.Load();
            UIntPtr count;
            SttpException.Check(Native.sttp_setting_count((int)role, &count));
            var rows = new SettingInfo[(int)count];
            for (var row = 0; row < rows.Length; row++)
            {
                sttp_setting setting;
                SttpException.Check(Native.sttp_setting_at((int)role, (UIntPtr)row, &setting, (UIntPtr)sizeof(sttp_setting)));
                rows[row] = new SettingInfo(&setting);
            }
            return rows;
        }

        /// <summary>A setting of a role by its key, or by another name that it has.</summary>
        public static SettingInfo Find(SettingsRole role, string key)
        {
            LibraryLoader.Load();
            sttp_setting setting;
            SttpException.Check(Native.sttp_setting_find(
                (int)role, NativeText.Needed(key, nameof(key)), &setting, (UIntPtr)sizeof(sttp_setting)));
            return new SettingInfo(&setting);
        }

        /// <summary>The value of a setting, as connection strings have it.</summary>
        public string Get(string key)
        {
            var name = NativeText.Needed(key, nameof(key));
            return NativeText.Read((buffer, size) => GetText(name, buffer, size, null));
        }

        /// <summary>Sets a value as connection strings have it; null sets the default.</summary>
        public void Set(string key, string value) =>
            SttpException.Check(SetText(NativeText.Needed(key, nameof(key)), NativeText.Utf8(value)));

        /// <summary>Sets the default of a setting.</summary>
        public void Reset(string key) => Set(key, null);

        internal abstract int GetText(byte[] key, byte* buffer, UIntPtr size, UIntPtr* length);

        internal abstract int SetText(byte[] key, byte[] value);

        internal bool GetFlag(string key) => Get(key) == "true";

        internal void SetFlag(string key, bool value) => Set(key, value ? "true" : "false");

        internal long GetInteger(string key) => long.Parse(Get(key), CultureInfo.InvariantCulture);

        internal void SetInteger(string key, long value) => Set(key, value.ToString(CultureInfo.InvariantCulture));

        internal TimeSpan GetSeconds(string key)
        {
            var seconds = decimal.Parse(Get(key), NumberStyles.Float, CultureInfo.InvariantCulture);
            return TimeSpan.FromTicks((long)(seconds * TimeSpan.TicksPerSecond));
        }

        internal void SetSeconds(string key, TimeSpan value) =>
            Set(key, ((decimal)value.Ticks / TimeSpan.TicksPerSecond).ToString("0.#######", CultureInfo.InvariantCulture));

        internal int GetWord(string key, params string[] words)
        {
            var word = Get(key);
            var place = Array.FindIndex(words, one => string.Equals(one, word, StringComparison.OrdinalIgnoreCase));
            if (place < 0)
            {
                throw new NotSupportedException($"{key} is {word}, which this package does not know: read it by Get");
            }
            return place;
        }

        internal void SetWord(string key, int place, params string[] words)
        {
            if (place < 0 || place >= words.Length)
            {
                throw new ArgumentOutOfRangeException(key);
            }
            Set(key, words[place]);
        }
    }
}
