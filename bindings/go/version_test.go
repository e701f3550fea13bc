package sttp

import "testing"

// Before version 1 any other minor version may differ.
func TestVersionFits(t *testing.T) {
	for _, one := range []struct {
		major, minor uint32
		fits         bool
	}{
		{VersionMajor, VersionMinor, true},
		{VersionMajor, VersionMinor + 1, VersionMajor > 0},
		{VersionMajor + 1, VersionMinor, false},
	} {
		if versionFits(one.major, one.minor) != one.fits {
			t.Errorf("version %d.%d", one.major, one.minor)
		}
	}
}
