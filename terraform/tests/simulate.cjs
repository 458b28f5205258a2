// Evaluates requests to AWS by identity and resource policies: a list of simulations on standard input, the list of
// verdicts on standard output. The library is @cloud-copilot/iam-simulate, found by NODE_PATH.
const { runSimulation } = require('@cloud-copilot/iam-simulate')

async function verdict(simulation) {
  const response = await runSimulation(simulation, {})
  return response.resultType === 'error' ? `error: ${JSON.stringify(response.errors)}` : response.overallResult
}

let text = ''
process.stdin.on('data', (data) => (text += data))
process.stdin.on('end', async () => {
  const verdicts = []
  for (const simulation of JSON.parse(text)) verdicts.push(await verdict(simulation))
  process.stdout.write(JSON.stringify(verdicts))
})
