using GpuSer.Audio;
using GpuSer.Audio.Decoding;

namespace GpuSer.Tests.Audio.Decoding;

/// <summary>What a decoding process starts with, and starts that fail.</summary>
public sealed class DecoderStartTests : IDisposable
{
    private const string Greeting = "printf 'gpuser-decode 1\\n'";

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    private readonly string _folder = Directory.CreateTempSubdirectory("gpuser-decoders-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Libraries_are_looked_for_where_this_process_does()
    {
        using DecoderPool pool = new(Script($"{Greeting}; head -c 1 >{_folder}/asked; printf '%s' \"$LD_LIBRARY_PATH\" >{_folder}/folders"), Patience);
        Assert.Throws<AudioException>(() => AudioFile.ReadMono(Named("a.wav"), 22050, new DecodeBuffer(pool), default).ToArray());
        Assert.Contains(AppContext.BaseDirectory, File.ReadAllText(At("folders")).Split(':'));
        Assert.DoesNotContain(string.Empty, DecoderProgram.LibraryPath(null).Split(':')); // it would be the working folder
        Assert.EndsWith(":/own/folder", DecoderProgram.LibraryPath("/own/folder"), StringComparison.Ordinal);
    }

    [Fact]
    public void Processor_time_is_bounded_within_the_limit_that_was_given()
    {
        EncodedFile.Write(At("b.wav"), EncodedFile.WavFloat, 22050, 1, [0.5f, -0.5f]);
        using DecoderPool pool = new(Script($"ulimit -t 300; exec '{DecoderProgram.Find()}' 10"), Patience);
        AudioFile.ReadMono(At("b.wav"), 22050, new DecodeBuffer(pool), default);
        string line = Assert.Single(File.ReadLines($"/proc/{Assert.Single(pool.Numbers)}/limits"), line => line.StartsWith("Max cpu time", StringComparison.Ordinal));
        string[] words = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal("300", words[4]);
        Assert.InRange(int.Parse(words[3], System.Globalization.CultureInfo.InvariantCulture), 1, 20);
    }

    [Theory]
    [InlineData("moved", "cannot be started")]
    [InlineData("bad", "does not answer")]
    public void A_start_that_fails_after_others_is_made_up_for_by_the_next(string how, string problem)
    {
        EncodedFile.Write(At("b.wav"), EncodedFile.WavFloat, 22050, 1, [0.5f, -0.5f]);
        string program = Script($"[ -e {_folder}/bad ] && exit 127; exec '{DecoderProgram.Find()}'"), other = At("other");
        using DecoderPool pool = new(program, Patience);
        Read(null, 1);
        File.Move(how == "moved" ? program : Named("good"), how == "moved" ? other : At("bad"));
        pool.Dispose();
        Read(problem, 0);
        Read(problem, 0);
        File.Move(how == "moved" ? other : At("bad"), how == "moved" ? program : At("good"));
        Read(problem, 1); // what was decoded here stays told

        void Read(string? expected, int processes)
        {
            Assert.Equal([0.5f, -0.5f], AudioFile.ReadMono(At("b.wav"), 22050, new DecodeBuffer(pool), default).ToArray());
            Assert.Equal(processes, pool.Numbers.Length);
            Assert.Equal(expected is null, pool.Problem is null);
            Assert.Contains(expected ?? string.Empty, pool.Problem ?? string.Empty, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void A_program_that_may_not_be_run_is_told_as_such()
    {
        EncodedFile.Write(At("b.wav"), EncodedFile.WavFloat, 22050, 1, [0.5f, -0.5f]);
        string program = At("gpuser-decode");
        File.CreateSymbolicLink(program, "/proc/self/stat"); // its permissions are nobody's to change
        using DecoderPool pool = new(DecoderProgram.Find([At("none"), _folder]), Patience);
        Assert.Equal([0.5f, -0.5f], AudioFile.ReadMono(At("b.wav"), 22050, new DecodeBuffer(pool), default).ToArray());
        Assert.StartsWith($"{program} cannot be started (", pool.Problem, StringComparison.Ordinal);
        Assert.Contains("Permission denied", pool.Problem, StringComparison.Ordinal);
    }

    private string At(string name) => Path.Combine(_folder, name);

    private string Named(string name)
    {
        File.WriteAllText(At(name), "a tone...");
        return At(name);
    }

    private string Script(string body) => FaultyLibrary.WriteScript(At("program"), body);
}
