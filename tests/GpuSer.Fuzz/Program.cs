using System.CommandLine;
using System.Globalization;
using GpuSer.Fuzz;
using GpuSer.Fuzz.Targets;

// Gives every reader of GpuSer's damaged files and judges what comes of them; prints a line a target.
using AllTargets all = new();
Option<long> inputs = new("--inputs") { Description = "How many inputs, over all targets.", DefaultValueFactory = _ => 20_000 };
Option<ulong> seed = new("--seed") { Description = "Which inputs: the same seed gives the same.", DefaultValueFactory = _ => 1 };
Option<string[]> names = new("--target") { Description = $"Targets; all where none is named: {string.Join(", ", all.Targets.Select(target => target.Name))}.", AllowMultipleArgumentsPerToken = true };
Option<long?> only = new("--only") { Description = "Read this input of one target alone, and tell all of it." };
Option<string> kept = new("--keep") { Description = "Folder for failing inputs.", DefaultValueFactory = _ => "fuzz-failures" };
RootCommand command = new("Gives GpuSer's readers damaged files.") { inputs, seed, names, only, kept };
command.SetAction((parsed, cancellation) =>
{
    FuzzTarget[] chosen = [.. all.Targets.Where(target => parsed.GetValue(names) is not { Length: > 0 } wanted || wanted.Any(name => target.Name.StartsWith(name, StringComparison.Ordinal)))];
    if (chosen.Length == 0)
    {
        Console.Error.WriteLine($"no such target; there are {string.Join(", ", all.Targets.Select(target => target.Name))}");
        return Task.FromResult(2);
    }

    if (parsed.GetValue(only) is { } index)
    {
        return Task.FromResult(Alone(chosen[0], parsed.GetValue(seed), index, parsed.GetValue(kept)!));
    }

    Console.WriteLine("target              inputs   accepted    refused  failed  most cpu s  most MiB  bytes/byte  seconds");
    int failed = 0;
    long sum = 0, accepted = 0;
    foreach (FuzzTarget target in chosen)
    {
        FuzzReport report = new Fuzzer(target, parsed.GetValue(seed), parsed.GetValue(kept)).Run(0, AllTargets.Share(target, chosen, parsed.GetValue(inputs)), cancellation);
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{report.Target,-16} {report.Inputs,9} {report.Accepted,10} {report.Refused,10} {report.Failures.Count,7} {report.MostSeconds,11:0.000} {report.MostAllocated / 1048576.0,9:0.0} {report.MostRatio,11:0.0} {report.Duration.TotalSeconds,8:0.0}"));
        // What ends a decoder is told however seldom it comes.
        foreach (IGrouping<string, (string Kind, long Count)> kind in report.Refusals
            .Select((refusal, place) => place < 8 || refusal.Kind.Contains("the decoder", StringComparison.Ordinal) ? refusal : (Kind: "others", refusal.Count))
            .GroupBy(refusal => refusal.Kind))
        {
            Console.WriteLine($"  {kind.Key}: {kind.Sum(refusal => refusal.Count)}");
        }

        foreach (FuzzFailure failure in report.Failures.Take(5))
        {
            Console.WriteLine($"  input {failure.Index}: {failure.Fault.Split('\n')[0]} ({failure.File}); again: --target {target.Name} --seed {report.Seed} --only {failure.Index}");
        }

        (failed, sum, accepted) = (failed + report.Failures.Count, sum + report.Inputs, accepted + report.Accepted);
    }

    Console.WriteLine($"{sum} inputs, {accepted} accepted, {sum - accepted - failed} refused, {failed} failed; seed {parsed.GetValue(seed)}; peak {ProcessUse.PeakBytes() >> 20} MiB");
    return Task.FromResult(failed == 0 ? 0 : 1);
});
return command.Parse(args).Invoke();

static int Alone(FuzzTarget target, ulong seed, long index, string folder)
{
    Directory.CreateDirectory(folder);
    byte[] input = target.Input(seed, index);
    string path = Path.Combine(folder, Fuzzer.NameOf(target, seed, index));
    File.WriteAllBytes(path, input);
    Verdict verdict = Verdict.Of(target, path, input.Length);
    Console.WriteLine($"{path}: {input.Length} bytes, {verdict.Allocated} allocated, {verdict.Seconds:0.000} s of processor time");
    Console.WriteLine(verdict.Fault ?? (verdict.Refusal is null ? "accepted" : $"refused ({verdict.Refusal.GetType().Name}): {verdict.Refusal.Message}"));
    return verdict.Fault is null ? 0 : 1;
}
