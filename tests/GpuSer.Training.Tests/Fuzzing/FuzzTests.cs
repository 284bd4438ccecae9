using System.Buffers.Binary;
using System.Diagnostics;
using GpuSer.Audio;
using GpuSer.Audio.Decoding;
using GpuSer.Fuzz;
using GpuSer.Fuzz.Targets;
using GpuSer.IO;
using GpuSer.Reference;

namespace GpuSer.Training.Tests.Fuzzing;

public sealed class FuzzTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("gpuser-fuzz-tests-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Twenty_thousand_damaged_files_hurt_no_reader()
    {
        // A process of its own: what memory it takes at most is then the readers', and a crash is seen.
        string program = Path.Combine(Golden.Repository, ".artifacts", "bin", "GpuSer.Fuzz", Configuration(), "GpuSer.Fuzz.dll");
        ProcessStartInfo start = new("dotnet", ["exec", program, "--inputs", "20000", "--seed", "1", "--keep", _folder]) { RedirectStandardOutput = true, RedirectStandardError = true };
        using Process process = Process.Start(start)!;
        Task<string> errors = process.StandardError.ReadToEndAsync();
        string output = await process.StandardOutput.ReadToEndAsync(), complaints = await errors;
        await process.WaitForExitAsync();
        Assert.True(process.ExitCode == 0, output + complaints);
        Assert.Contains(" 0 failed; seed 1", output, StringComparison.Ordinal);
        Assert.Empty(complaints);
    }

    [Fact]
    public void Every_target_accepts_its_seeds()
    {
        using AllTargets all = new();
        Assert.Equal(all.Targets.Count, all.Targets.Select(target => target.Name).Distinct().Count());
        foreach (FuzzTarget target in all.Targets)
        {
            FuzzReport report = new Fuzzer(target, 1).Run(0, target.Seeds.Count);
            Assert.True(report.Accepted == target.Seeds.Count, $"{target.Name} accepts {report.Accepted} of {target.Seeds.Count}");
        }
    }

    [Fact]
    public void The_same_seed_gives_the_same_inputs_and_another_gives_others()
    {
        FuzzTarget target = Target(_ => { });
        byte[][] inputs = [.. Enumerable.Range(0, 200).Select(i => target.Input(7, i))];
        Assert.All(Enumerable.Range(0, 200).Reverse(), i => Assert.Equal(inputs[i], target.Input(7, i)));
        Assert.InRange(inputs.Skip(1).Count(input => !input.SequenceEqual(inputs[0])), 150, 199);
        Assert.InRange(Enumerable.Range(1, 199).Count(i => inputs[i].SequenceEqual(target.Input(8, i))), 0, 20);
    }

    [Fact]
    public void Typed_refusals_are_right_and_any_other_error_is_kept_with_its_number()
    {
        FuzzTarget target = Target(path =>
        {
            byte[] bytes = File.ReadAllBytes(path);
            if (bytes.Length < 8)
            {
                throw new InvalidFileException(path, "is too short");
            }

            _ = bytes[bytes[4]]; // the planted fault: a place that the file gives
        });
        FuzzReport report = new Fuzzer(target, 3, _folder).Run(0, 400);
        Assert.Equal(400, report.Inputs);
        Assert.Equal(400, report.Accepted + report.Refused + report.Failures.Count);
        Assert.NotEqual(0, report.Accepted);
        Assert.NotEqual(0, report.Refused);
        Assert.NotEmpty(report.Failures);
        Assert.All(report.Failures, failure =>
        {
            Assert.StartsWith("IndexOutOfRangeException", failure.Fault, StringComparison.Ordinal);
            Assert.Equal(Path.Combine(_folder, $"planted-seed3-input{failure.Index}.bin"), failure.File);
            Assert.Equal(target.Input(3, failure.Index), File.ReadAllBytes(failure.File!));
        });

        long index = report.Failures[0].Index;
        Assert.Equal(index, Assert.Single(new Fuzzer(target, 3).Run(index, 1).Failures).Index);
    }

    [Fact]
    public void Memory_by_a_headers_word_is_a_fault()
    {
        FuzzTarget target = Target(path => GC.KeepAlive(new byte[BinaryPrimitives.ReadInt32LittleEndian(File.ReadAllBytes(path).AsSpan()) & 0x03ffffff]));
        FuzzReport report = new Fuzzer(target, 1).Run(0, 300);
        Assert.Contains(report.Failures, failure => failure.Fault.Contains("allocated", StringComparison.Ordinal));
    }

    [Fact]
    public void Much_processor_time_is_a_fault_and_an_endless_loop_ends_no_run()
    {
        using CancellationTokenSource over = new();
        FuzzTarget target = Target(path =>
        {
            byte[] bytes = File.ReadAllBytes(path);
            double seconds = bytes[0] switch { 1 => 0.15, 2 => double.PositiveInfinity, _ => 0 }, begun = ProcessUse.ThreadSeconds();
            while (ProcessUse.ThreadSeconds() - begun < seconds && !over.IsCancellationRequested)
            {
                Thread.SpinWait(100);
            }
        }) with
        {
            Seeds = [new byte[16]],
            Limits = new FuzzLimits { Seconds = 0.1 },
            Mutate = (random, seed, _) => [random.Percent(20) ? (byte)(1 + random.Next(2)) : (byte)0, .. seed],
        };
        FuzzReport report = new Fuzzer(target, 1).Run(0, 20);
        over.Cancel();
        Assert.Equal(20, report.Inputs);
        Assert.Contains(report.Failures, failure => failure.Fault.Contains("s of processor time", StringComparison.Ordinal) && failure.Fault.StartsWith("took", StringComparison.Ordinal));
        Assert.Contains(report.Failures, failure => failure.Fault.StartsWith("did not end", StringComparison.Ordinal));
    }

    [Fact]
    public void A_message_of_many_lines_or_of_a_whole_file_is_a_fault()
    {
        Assert.Single(new Fuzzer(Target(_ => throw new GpuSerException("two\nlines")), 1).Run(0, 1).Failures);
        Assert.Single(new Fuzzer(Target(_ => throw new GpuSerException(new string('a', 5000))), 1).Run(0, 1).Failures);
        Assert.Empty(new Fuzzer(Target(path => throw new InvalidFileException(path, new string('\n', 50_000))), 1).Run(0, 1).Failures);
    }

    [Theory]
    [InlineData("kill -s XCPU $$", "keeps the decoder busy for more than 10 s")]
    [InlineData("exec sleep 1000", "holds the decoder up")]
    public void A_decoder_that_does_not_end_is_a_fault_though_the_product_refuses_the_file(string answer, string fault)
    {
        using DecoderPool pool = Decoders(answer);
        FuzzReport report = new Fuzzer(Recordings(pool), 1).Run(0, 1);
        FuzzFailure failure = Assert.Single(report.Failures);
        Assert.StartsWith("TimeoutException: ", failure.Fault, StringComparison.Ordinal);
        Assert.Contains(fault, failure.Fault, StringComparison.Ordinal);
        Assert.Empty(report.Refusals);
    }

    [Fact]
    public void A_decoder_that_closes_its_output_and_stays_is_a_fault()
    {
        // Thrown here: the product waits ten seconds before it says so.
        FuzzTarget target = Target(AudioTargets.InTime(path => throw new AudioException(path, $"{DecoderEnd.Silent}; convert it")));
        Assert.StartsWith("TimeoutException: ", Assert.Single(new Fuzzer(target, 1).Run(0, 1).Failures).Fault, StringComparison.Ordinal);
        Assert.Empty(new Fuzzer(Target(AudioTargets.InTime(path => throw new AudioException(path, "is damaged"))), 1).Run(0, 1).Failures);
    }

    [Theory]
    [InlineData("kill -s SEGV $$", "crashes the decoder (SIGSEGV)")]
    [InlineData("kill -s ABRT $$", "crashes the decoder (SIGABRT)")]
    [InlineData("exit 3", "ends the decoder")]
    public void A_decoder_that_crashes_is_counted(string answer, string kind)
    {
        using DecoderPool pool = Decoders(answer);
        FuzzReport report = new Fuzzer(Recordings(pool), 1).Run(0, 2);
        Assert.Equal(2, report.Refused);
        Assert.Equal([(kind, 2)], report.Refusals);
    }

    [Fact]
    public void Refusals_are_filed_by_their_first_words_the_most_frequent_first()
    {
        int read = 0; // The first is read once before all, and counts for nothing.
        FuzzTarget target = Target(path => throw (++read switch
        {
            <= 2 => new InvalidFileException(path, "\"name\" is odd"),
            <= 5 => new InvalidFileException(path, $"sample {read} is {read}.5, where full scale is 1; export it again"),
            _ => new GpuSerException("one two three four five six seven eight"),
        }));
        Assert.Equal([("sample # is # where full scale", 3), ("one two three four five six seven", 2), ("other words", 1)], new Fuzzer(target, 1).Run(0, 6).Refusals);
    }

    private static FuzzTarget Target(Action<string> read) => new("planted", ".bin", [[8, 0, 0, 0, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16]], read);

    private static FuzzTarget Recordings(DecoderPool pool) => AudioTargets.Samples(pool) with { Seeds = ["a tone..."u8.ToArray()] };

    /// <summary>Decoders that greet, take what is asked, and do something else than answer.</summary>
    private DecoderPool Decoders(string answer)
    {
        string program = Path.Combine(_folder, "program");
        File.WriteAllText(program, $"#!/bin/sh\nprintf 'gpuser-decode 1\\n'; head -c 1 >{_folder}/asked; {answer}\n");
        if (OperatingSystem.IsLinux())
        {
            File.SetUnixFileMode(program, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }

        return new DecoderPool(program, TimeSpan.FromSeconds(1));
    }

    private static string Configuration() => Path.GetFileName(Path.GetDirectoryName(typeof(FuzzTests).Assembly.Location))!;
}
