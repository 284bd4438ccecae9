using System.Diagnostics;

namespace GpuSer.Tests.Audio.Decoding;

/// <summary>
/// The real decoding program over a libsndfile that does what a file's name says: crash, abort, loop, take all memory, or give a tone. It is compiled with
/// the compiler that builds the program.
/// </summary>
internal static class FaultyLibrary
{
    /// <summary>Samples of a tone.</summary>
    public const int Samples = 20_000;

    private const string Source = """
        #include <stdint.h>
        #include <stdio.h>
        #include <stdlib.h>
        #include <string.h>
        typedef struct { int64_t frames; int32_t rate, channels, format, sections, seekable; } Info;
        static int has(const char* path, const char* word) { return strstr(strrchr(path, '/'), word) != NULL; }
        static char name[4096];
        static volatile int always = 1;
        void* sf_open(const char* path, int mode, Info* info) {
          (void)mode;
          strncpy(name, path, sizeof name - 1);
          if (has(path, "crash-open")) *(volatile int*)(uintptr_t)(always - 1) = 1;
          if (has(path, "loop")) while (always) {}
          *info = (Info){SAMPLES, 22050, 1, 0, 0, 0};
          if (has(path, "huge")) info->frames = INT64_MAX;
          if (has(path, "fast")) info->rate = INT32_MAX;
          return name;
        }
        int sf_close(void* file) { return file == NULL; }
        int64_t sf_readf_float(void* file, float* to, int64_t count) {
          if (has(file, "crash-read")) *(volatile int*)(uintptr_t)(always - 1) = 1;
          if (has(file, "abort")) abort();
          if (has(file, "bomb"))
            for (;;) {
              char* more = malloc(64 << 20);
              if (!more) abort();
              memset(more, always, 64 << 20);
            }
          if (has(file, "noisy")) fprintf(stderr, "to be seen by nobody\n"), puts("nor this"), fflush(stdout);
          for (int64_t i = 0; i < count; i++) to[i] = i % 50 < 25 ? 0.5f : -0.5f;
          return count;
        }
        int sf_error(void* file) { return file == NULL; }
        const char* sf_strerror(void* file) { return file ? "none" : "refused"; }
        """;

    /// <summary>Makes the program in a folder.</summary>
    /// <returns>Its path; null where there is no compiler.</returns>
    public static string? Make(string folder, string program)
    {
        string source = Path.Combine(folder, "library.c"), script = Path.Combine(folder, "decode");
        File.WriteAllText(source, Source.Replace("SAMPLES", $"{Samples}", StringComparison.Ordinal));
        try
        {
            using Process compiler = Process.Start(new ProcessStartInfo("cc", ["-shared", "-fPIC", "-O1", "-o", Path.Combine(folder, "libsndfile.so.1"), source]))!;
            compiler.WaitForExit();
            Assert.Equal(0, compiler.ExitCode);
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return null;
        }

        // One second of processor time a piece.
        WriteScript(script, $"LD_LIBRARY_PATH='{folder}' exec '{program}' 1");
        return script;
    }

    /// <summary>Writes a program of the shell's.</summary>
    public static string WriteScript(string path, string body)
    {
        File.WriteAllText(path, $"#!/bin/sh\n{body}\n");
        if (OperatingSystem.IsLinux())
        {
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }

        return path;
    }
}
