/* Wine 8 lacks bcryptprimitives.dll, from which Rust's standard library takes its random numbers. This one is for tests by
 * Wine only: Windows has its own. */
#include <windows.h>

#include <ntsecapi.h>

__declspec(dllexport) BOOL WINAPI ProcessPrng(PBYTE bytes, SIZE_T count) {
    while (count > 0) {
        ULONG length = count > 65536 ? 65536 : (ULONG)count;
        if (!RtlGenRandom(bytes, length)) {
            return FALSE;
        }
        bytes += length;
        count -= length;
    }
    return TRUE;
}
